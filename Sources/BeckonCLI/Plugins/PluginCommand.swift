/// `beckon plugin`.
enum PluginCommand {
  static let command = Command(
    name: "plugin", summary: "Begins a component of one's own, or makes a file of one.",
    commands: [PluginNew.command, PluginBuild.command])
}
