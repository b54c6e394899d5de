/// Placeholder until merged.
public enum CommandLineInterface { public static func main(_ arguments: [String]) -> Int32 { 0 } }
