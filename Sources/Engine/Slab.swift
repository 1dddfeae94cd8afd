/// Memory for a fixed number of elements that are reached by index, on the hot path. Its owner initialises the elements
/// and deallocates it. A debug build checks every index; a release build only adds it to a pointer.
struct Slab<Element: ~Copyable> {
    private let base: UnsafeMutablePointer<Element>
    /// Room for so many elements.
    let capacity: Int

    /// Room for so many elements, none of them initialised. `alignment`: in bytes, where it is more than that of the
    /// element.
    static func allocate(capacity: Int, alignment: Int = MemoryLayout<Element>.alignment) -> Self {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Element>.stride,
            alignment: max(alignment, MemoryLayout<Element>.alignment))
        return Self(base: memory.bindMemory(to: Element.self, capacity: capacity), capacity: capacity)
    }

    /// Frees the memory; what has to be deinitialised was.
    func deallocate() { self.base.deallocate() }

    /// The place of an element.
    @inline(__always)
    static func + (slab: Self, index: Int) -> UnsafeMutablePointer<Element> {
        assert(index >= 0 && index < slab.capacity, "index \(index) of \(slab.capacity)")
        return slab.base + index
    }

    /// An initialised element.
    @inline(__always)
    subscript(index: Int) -> Element {
        unsafeAddress { UnsafePointer(self + index) }
        nonmutating unsafeMutableAddress { self + index }
    }
}
