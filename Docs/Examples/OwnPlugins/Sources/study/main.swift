import BeckonCLI
import Foundation
import OwnPlugins

exit(CommandLineInterface.main(Array(CommandLine.arguments.dropFirst()), adding: IndexedPlugins.register))
