// swift-tools-version: 6.3
import PackageDescription

// Targets as data. The order is the order of dependency: a module imports only modules above it.

/// A library module of `Sources/`, with the modules it builds on.
func module(_ name: String, _ dependencies: [String] = [], plugins: [Target.PluginUsage] = []) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Sources/\(name)",
    plugins: plugins)
}

func tests(of name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies.map { .init(stringLiteral: $0) },
    path: "Tests/\(name)Tests", resources: resources)
}

let package = Package(
  name: "Beckon",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Beckon", targets: ["Beckon"]),
    .library(name: "BeckonPlugins", targets: ["BundledPlugins"]),
    .library(name: "BeckonCLI", targets: ["BeckonCLI"]),
    .library(name: "BeckonTesting", targets: ["BeckonTesting"]),
    .executable(name: "beckon", targets: ["BeckonCommand"]),
    // For packages that keep plugins in folders of their own.
    .plugin(name: "PluginIndex", targets: ["PluginIndex"]),
  ],
  targets: [
    module("Hashing"),
    module("Networking"),
    module("CKernels"),
    module("Tensors", ["CKernels"]),
    // The index tool writes down which core this is, so that a prebuilt plugin can be held against it.
    module("Beckon", ["Tensors", "Hashing"], plugins: ["PluginIndex"]),
    module("Datasets", ["Beckon", "Networking", "Hashing"]),
    module("Simulation", ["Beckon"]),
    module("Lab", ["Beckon", "Datasets", "Simulation", "CKernels"]),
    module("Reports", ["Beckon", "Lab"]),
    module("BeckonTesting", ["Beckon", "Datasets", "Simulation"]),

    // Every folder in Plugins/ is found by the index tool at each build; no list is kept by hand.
    .target(
      name: "BundledPlugins", dependencies: ["Beckon", "Networking", "Hashing"], path: "Plugins",
      plugins: ["PluginIndex"]),
    .executableTarget(name: "PluginIndexer", dependencies: ["Hashing"], path: "Sources/PluginIndexer"),
    .plugin(
      name: "PluginIndex", capability: .buildTool(), dependencies: ["PluginIndexer"],
      path: "Sources/PluginIndex"),

    module(
      "BeckonCLI",
      ["Hashing", "CKernels", "Beckon", "Datasets", "Simulation", "Lab", "Reports", "BundledPlugins"]),
    // A prebuilt plugin finds the core in the program that loads it. Only this target may have such a flag: packages
    // depend on the libraries, and a library with unsafe flags cannot be depended on by version.
    .executableTarget(
      name: "BeckonCommand", dependencies: ["BeckonCLI"], path: "Sources/BeckonCommand",
      linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"], .when(platforms: [.linux]))]),

    // Not a test itself: an HTTP server on the loopback, and archives for it to send.
    .target(name: "LoopbackServer", path: "Tests/LoopbackServer"),
    tests(of: "Tensors", ["Tensors", "CKernels", "Beckon", "BeckonTesting"]),
    tests(of: "Networking", ["Networking", "LoopbackServer"]),
    tests(of: "Datasets", ["Datasets", "BundledPlugins", "LoopbackServer"]),
    tests(of: "Reports", ["Reports", "Lab", "Beckon"]),
    tests(
      of: "BeckonCLI", ["BeckonCLI", "BeckonCommand", "Beckon", "Datasets", "Hashing", "LoopbackServer"]),
    tests(of: "Beckon", ["Beckon", "Hashing", "BeckonTesting"]),
    tests(of: "Simulation", ["Simulation", "BeckonTesting"]),
    tests(of: "Plugin", ["BundledPlugins", "BeckonCLI", "BeckonTesting", "LoopbackServer"]),
    tests(of: "Lab", ["Lab", "BeckonCLI"]),
    tests(of: "Architecture", ["PluginIndexer"]),
    tests(of: "Reference", ["Lab", "BeckonCLI"]),
  ],
  swiftLanguageModes: [.v6]
)
