import CLinux
import Measure

exit(Headroom.run(Array(CommandLine.arguments.dropFirst())).rawValue)
