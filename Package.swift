// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: the language mode of Swift 6, and nothing imported that is not named.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "headroom",
    products: [.executable(name: "headroom", targets: ["headroom"])],
    targets: [
        // C: headers and module maps only.
        .target(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // What the kernel says: error numbers, limits, small files.
        .target(name: "Kernel", dependencies: ["CLinux"], exclude: ["README.md"], swiftSettings: settings),

        // Leaves: they decide, and touch no clock and no socket.
        .target(name: "Units", exclude: ["README.md"], swiftSettings: settings),
        .target(name: "Numerics", exclude: ["README.md"], swiftSettings: settings),
        .target(name: "YAML", dependencies: ["CYAML", "Units"], exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "Workload", dependencies: ["Units", "Numerics", "YAML"], exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(name: "Options", dependencies: ["Units", "Workload"], exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "Measure", dependencies: ["CZlib", "Units", "Numerics"], exclude: ["README.md"], swiftSettings: settings
        ),
        .target(name: "Wire", dependencies: ["CNghttp2"], exclude: ["README.md"], swiftSettings: settings),

        // Shell: they act.
        .target(
            name: "Engine",
            dependencies: ["CLinux", "COpenSSL", "Kernel", "Units", "Numerics", "Workload", "Measure", "Wire"],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "Target", dependencies: ["CLinux", "Kernel", "Numerics", "Engine", "Wire"], exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "Capacity", dependencies: ["Numerics", "Workload", "Measure"], exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(name: "Judge", dependencies: ["Workload", "Measure"], exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "Record", dependencies: ["CLinux", "Kernel", "Units", "YAML", "Workload", "Measure", "Judge"],
            exclude: ["README.md"], swiftSettings: settings
        ),
        .target(
            name: "Fleet", dependencies: ["Units", "YAML"], exclude: ["README.md"],
            resources: [.embedInCode("Data")], swiftSettings: settings
        ),
        .target(
            name: "Report", dependencies: ["Units", "YAML", "Measure", "Capacity", "Record", "Fleet"],
            exclude: ["README.md"], swiftSettings: settings
        ),
        .target(
            name: "Runner",
            dependencies: [
                "CLinux", "Kernel", "Units", "YAML", "Workload", "Measure", "Wire", "Engine", "Capacity", "Judge", "Record",
                "Report",
            ],
            exclude: ["README.md"], swiftSettings: settings
        ),
        .executableTarget(
            name: "headroom",
            dependencies: [
                "CLinux", "Kernel", "Units", "YAML", "Options", "Workload", "Measure", "Engine", "Target", "Capacity", "Record",
                "Report", "Runner", "Fleet",
            ],
            exclude: ["README.md"],
            swiftSettings: settings
        ),

        // Not released: scripts/bench histogram runs it.
        .executableTarget(
            name: "histogram-bench", dependencies: ["Measure"], path: "bench/histogram-bench",
            swiftSettings: settings
        ),

        // Not released: scripts/accuracy simulation runs it.
        .executableTarget(
            name: "search-accuracy", dependencies: ["Capacity", "SearchSimulation"],
            path: "accuracy/search-accuracy", swiftSettings: settings
        ),

        .testTarget(name: "UnitsTests", dependencies: ["Units", "Numerics"], swiftSettings: settings),
        .testTarget(name: "OptionsTests", dependencies: ["Options", "Units", "Workload", "YAML"], swiftSettings: settings),
        .testTarget(name: "NumericsTests", dependencies: ["Numerics"], swiftSettings: settings),
        .testTarget(name: "YAMLTests", dependencies: ["YAML", "Units"], swiftSettings: settings),
        .testTarget(
            name: "WorkloadTests", dependencies: ["Workload", "Units", "Numerics", "TestSupport", "YAML"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MeasureTests",
            dependencies: ["Measure", "Numerics"],
            exclude: ["Golden", "Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Numerics", "CNghttp2"], swiftSettings: settings),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "CLinux", "CMallocCount", "COpenSSL", "Engine", "Kernel", "Measure", "Numerics", "Target", "TestSupport", "Units",
                "Wire", "Workload",
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "TargetTests", dependencies: ["Target", "Engine", "Kernel", "Numerics", "Wire"], swiftSettings: settings),
        .testTarget(
            name: "CapacityTests", dependencies: ["Capacity", "Measure", "Numerics", "SearchSimulation", "Workload"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FleetTests", dependencies: ["Fleet", "TestSupport", "Units", "Numerics", "YAML"], swiftSettings: settings
        ),
        .testTarget(
            name: "FleetReportTests",
            dependencies: ["Fleet", "Report", "Record", "TestSupport", "Units", "Numerics", "YAML"],
            exclude: ["Golden"], swiftSettings: settings
        ),
        .testTarget(name: "JudgeTests", dependencies: ["Judge", "Workload", "Measure", "Numerics"], swiftSettings: settings),
        .testTarget(
            name: "RecordTests", dependencies: ["Record", "Measure", "Workload", "YAML"], exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReportTests",
            dependencies: ["Report", "Record", "TestSupport", "Units", "Measure", "Capacity", "Workload"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RunnerTests", dependencies: ["Runner", "Capacity", "Measure", "Target", "Units", "Workload"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["headroom", "Judge", "Kernel", "Measure", "Numerics", "Record", "TestSupport", "Units", "Workload"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", swiftSettings: settings),
        // Servers on a virtual clock, for tests and scripts/accuracy simulation.
        .target(
            name: "SearchSimulation", dependencies: ["Capacity", "Measure", "Numerics", "Workload"],
            path: "Tests/SearchSimulation",
            swiftSettings: settings
        ),
        // What several test targets use.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        // C, for tests: a malloc that counts.
        .target(name: "CMallocCount", path: "Tests/CMallocCount"),
    ]
)
