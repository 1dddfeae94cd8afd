/// The keys of a step of `session`, and of what stands in it.
extension ProfileKey {
    public static let stepGet = ProfileKey(
        .step, "get", "path", "GET this path", "get: /asset/50k")
    public static let stepPost = ProfileKey(
        .step, "post", "path", "POST to this path", "post: /order")
    public static let stepPut = ProfileKey(
        .step, "put", "path", "PUT to this path", "put: /cart/1")
    public static let stepDelete = ProfileKey(
        .step, "delete", "path", "DELETE this path", "delete: /cart/1")
    public static let stepHead = ProfileKey(
        .step, "head", "path", "HEAD this path", "head: /asset/50k")
    public static let stepPatch = ProfileKey(
        .step, "patch", "path", "PATCH this path", "patch: /cart/1")
    public static let stepOptions = ProfileKey(
        .step, "options", "path", "OPTIONS of this path", "options: /")
    public static let stepName = ProfileKey(
        .step, "name", "text", "what objectives call the step; unique, same letters as the profile's `name`",
        "name: checkout")
    public static let stepMethod = ProfileKey(
        .step, "method", "text", "any other method, with `path`; not CONNECT", "method: PURGE")
    public static let stepPath = ProfileKey(
        .step, "path", "path", "the path that goes with `method`", "path: /cache")
    public static let stepHeaders = ProfileKey(
        .step, "headers", "mapping", "header fields, in this order; at most 100", "headers: {Accept: text/html}")
    public static let stepBody = ProfileKey(
        .step, "body", "text or `{file: NAME}`",
        "the body of the request; at most 16 MiB, all bodies together 64 MiB", #"body: "article=42""#)
    public static let stepRepeat = ProfileKey(
        .step, "repeat", "integer, 1", "how many times the request is made before the next step", "repeat: 10")
    public static let stepThink = ProfileKey(
        .step, "think", "gap", "a pause after the answer; not after the last request of a session",
        "think: {exponential: 2s}")
    public static let stepEvery = ProfileKey(
        .step, "every", "gap", "a plan: the next request is due so long after this one *was due*",
        "every: 43.2s")
    public static let stepExpect = ProfileKey(
        .step, "expect", "mapping", "what the answer has to be, else the request fails", "expect: {status: 200}")
    public static let bodyFile = ProfileKey(
        .body, "file", "file", "what this file contains is the body; relative to the profile's folder",
        "body: {file: order.json}")
    public static let expectStatus = ProfileKey(
        .expectation, "status", "integer", "the status that has to come back, 200 to 599; else any below 400",
        "expect: {status: 302}")
    public static let expectBytes = ProfileKey(
        .expectation, "bytes", "size", "how many body bytes have to come back", "expect: {bytes: 50KB}")
    public static let gapExponential = ProfileKey(
        .gap, "exponential", "time", "drawn from an exponential distribution with this mean",
        "think: {exponential: 2s}")
    public static let gapUniform = ProfileKey(
        .gap, "uniform", "list of two times", "drawn between the shortest and the longest",
        "think: {uniform: [1s, 3s]}")

    static let sessionKeys: [ProfileKey] = [
        .stepGet, .stepPost, .stepPut, .stepDelete, .stepHead, .stepPatch, .stepOptions, .stepName,
        .stepMethod, .stepPath, .stepHeaders, .stepBody, .stepRepeat, .stepThink, .stepEvery, .stepExpect,
        .bodyFile, .expectStatus, .expectBytes, .gapExponential, .gapUniform,
    ]
}
