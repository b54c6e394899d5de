import BeckonCLI
import Foundation

exit(CommandLineInterface.main(Array(CommandLine.arguments.dropFirst())))
