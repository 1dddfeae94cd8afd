/// The keys of a stage of `load.stages`.
extension ProfileKey {
    public static let stageRate = ProfileKey(
        .stage, "rate", "rate", "the same rate all the time", "{rate: 200/s, for: 60s}")
    public static let stageRamp = ProfileKey(
        .stage, "ramp", "list of two rates", "a straight line", "{ramp: [0/s, 200/s], for: 60s}")
    public static let stageSine = ProfileKey(
        .stage, "sine", "mapping", "a wave; it begins at the mean and rises",
        "{sine: {mean: 200/s, amplitude: 100/s, period: 60s}, for: 5m}")
    public static let stageDiurnal = ProfileKey(
        .stage, "diurnal", "mapping", "a day; it begins at the trough",
        "{diurnal: {trough: 100/s, peak: 900/s, day: 24h}, for: 24h}")
    public static let stageSpike = ProfileKey(
        .stage, "spike", "mapping", "up to a multiple, and back",
        "{spike: {from: 200/s, factor: 5, rise: 60s, hold: 30s, fall: 60s}}")
    public static let stageFor = ProfileKey(
        .stage, "for", "time", "how long the stage lasts", "for: 60s")
    public static let sineMean = ProfileKey(
        .sine, "mean", "rate", "the mean of the wave", "mean: 200/s")
    public static let sineAmplitude = ProfileKey(
        .sine, "amplitude", "rate", "how far it goes from the mean", "amplitude: 100/s")
    public static let sinePeriod = ProfileKey(
        .sine, "period", "time", "one wave: mean + amplitude · sin(2πt / period)", "period: 60s")
    public static let diurnalTrough = ProfileKey(
        .diurnal, "trough", "rate", "the lowest rate, at the beginning", "trough: 100/s")
    public static let diurnalPeak = ProfileKey(
        .diurnal, "peak", "rate", "the highest rate, half a day later", "peak: 900/s")
    public static let diurnalDay = ProfileKey(
        .diurnal, "day", "time", "trough + (peak - trough) · (1 - cos(2πt / day)) / 2", "day: 10m")
    public static let spikeFrom = ProfileKey(
        .spike, "from", "rate", "the rate before and after", "from: 200/s")
    public static let spikeFactor = ProfileKey(
        .spike, "factor", "number", "how many times that at the top", "factor: 5")
    public static let spikeRise = ProfileKey(
        .spike, "rise", "time", "how long it rises; may be 0", "rise: 60s")
    public static let spikeHold = ProfileKey(
        .spike, "hold", "time", "how long it stays; may be 0", "hold: 30s")
    public static let spikeFall = ProfileKey(
        .spike, "fall", "time", "how long it falls; may be 0", "fall: 60s")

    static let stageKeys: [ProfileKey] = [
        .stageRate, .stageRamp, .stageSine, .stageDiurnal, .stageSpike, .stageFor, .sineMean, .sineAmplitude,
        .sinePeriod, .diurnalTrough, .diurnalPeak, .diurnalDay, .spikeFrom, .spikeFactor, .spikeRise,
        .spikeHold, .spikeFall,
    ]
}
