import Beckon

/// What all components that are a program of their own have in common.
protocol ExternalComponent: Component where Configuration == ExternalConfiguration {
  /// What the program can be sent beside the least it needs.
  static var canSend: [String] { get }
}

extension ExternalComponent {
  static var defaults: ExternalConfiguration { ExternalConfiguration() }
  static var operationalKeys: [String] { ["timeoutSeconds", "startTimeoutSeconds", "restarts", "processes"] }

  static func check(_ configuration: ExternalConfiguration, _ checks: inout Checks) {
    configuration.check(&checks, canSend: canSend)
  }
}
