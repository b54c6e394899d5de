// A plugin author imports Beckon alone.
@_exported import Foundation
@_exported import Tensors
