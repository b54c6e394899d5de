// swift-tools-version: 6.3
import PackageDescription

// A package that uses Beckon without being part of it: components of its own, and a program that knows them beside
// everything that comes with Beckon.
let package = Package(
  name: "OwnPlugins",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Put the address of your copy of Beckon here.
    .package(url: "https://git.example.org/beckon.git", from: "1.0.0")
  ],
  targets: [
    // Every folder of Plugins/ is found by Beckon's index tool at each build.
    .target(
      name: "OwnPlugins", dependencies: [.product(name: "Beckon", package: "beckon")], path: "Plugins",
      plugins: [.plugin(name: "PluginIndex", package: "beckon")]),
    .executableTarget(
      name: "study", dependencies: ["OwnPlugins", .product(name: "BeckonCLI", package: "beckon")],
      // Only for --plugin: a prebuilt plugin finds the core in this program.
      linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"], .when(platforms: [.linux]))]),
    .testTarget(
      name: "OwnPluginsTests",
      dependencies: [
        "OwnPlugins", .product(name: "BeckonPlugins", package: "beckon"),
        .product(name: "BeckonTesting", package: "beckon"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
