import CLinux

exit(Headroom.run(Array(CommandLine.arguments.dropFirst())).rawValue)
