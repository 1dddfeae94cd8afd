import Capacity
import Engine
import Kernel
import Measure

/// The hardware of the target, as far as it can be found out from here.
enum TargetHardware {
    private static let amazon = "Amazon EC2"

    /// By DMI for a target on this machine, by node_exporter for one on another machine.
    static func measured(_ context: RunContext) -> MeasuredHardware {
        if let reading = context.target?.reading(), let words = reading.hardware {
            let instance = words.hasPrefix(Self.amazon) ? String(words.dropFirst(Self.amazon.count + 1)) : nil
            let cores = "\(reading.cores) core\(reading.cores == 1 ? "" : "s")"
            return MeasuredHardware(
                instanceType: instance, description: instance == nil ? "\(words), \(cores)" : cores)
        }
        let isHere = context.target?.isLocal ?? false || context.addresses.allSatisfy(\.isLoopback)
        guard isHere else { return MeasuredHardware() }
        let product = SystemFile.line("/sys/class/dmi/id/product_name")
        let vendor = SystemFile.line("/sys/class/dmi/id/sys_vendor")
        // On EC2 the product is the instance type.
        let instance = vendor == Self.amazon ? product : nil
        let cores = AllowedCPUs.read().count
        var parts = ["this machine"]
        if instance == nil, let product { parts.append(product) }
        parts.append(Environment.processor())
        parts.append("\(cores) core\(cores == 1 ? "" : "s"), load included")
        return MeasuredHardware(instanceType: instance, description: parts.joined(separator: ", "))
    }
}
