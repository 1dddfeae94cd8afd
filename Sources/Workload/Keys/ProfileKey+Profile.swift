/// The keys of a profile itself.
extension ProfileKey {
    public static let version = ProfileKey(
        .profile, "version", "integer, required", "version of this format: 1", "version: 1")
    public static let profileName = ProfileKey(
        .profile, "name", "text, required", "names the record; 1 to 64 letters, digits, `.`, `_`, `-`",
        "name: paced-shop")
    public static let target = ProfileKey(
        .profile, "target", "mapping, required", "whom to send to", "target: {url: http://127.0.0.1:8080}")
    public static let session = ProfileKey(
        .profile, "session", "list of steps, required",
        "the requests that a user makes, in order; at most 1,000 steps", "session: [{get: /}]")
    public static let load = ProfileKey(
        .profile, "load", "mapping", "how much to send; without it 50 users back to back for 10 s",
        "load: {users: 2000}")
    public static let slo = ProfileKey(
        .profile, "slo", "list of texts", "objectives, at most 64",
        "slo: [p99 < 500ms]")

    static let profileKeys: [ProfileKey] = [
        .version, .profileName, .target, .session, .load, .slo,
    ]
}
