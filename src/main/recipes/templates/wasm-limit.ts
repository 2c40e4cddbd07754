/**
 * A bound on the memory of a WebAssembly module that exports its own: written into the binary, as its
 * compiler would have. Source: WebAssembly Core Specification 2.0, 5.5 (sections 5.5.2, memories 5.5.8).
 */

const HEADER_BYTES = 8
const MEMORY_SECTION = 5
const PAGE_BYTES = 64 << 10

/** The module with a greatest size for its one memory. @throws where it has none of its own, or starts larger */
export function limitMemory(module: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const pages = Math.floor(maxBytes / PAGE_BYTES)
  for (let at = HEADER_BYTES; at < module.length;) {
    const [length, body] = readUnsigned(module, at + 1)
    const end = body + length
    if (module[at] === MEMORY_SECTION) {
      const section = limitedSection(module.subarray(body, end), pages)
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)])
    }
    at = end
  }
  throw new Error('the module has no memory of its own')
}

function limitedSection(body: Uint8Array, pages: number): Uint8Array {
  const [count, limits] = readUnsigned(body, 0)
  const [min] = readUnsigned(body, limits + 1)
  if (count !== 1 || min > pages) throw new Error(`the module has ${count} memories of ${min} pages`)
  const limited = [1, 1, ...unsigned(min), ...unsigned(pages)]
  return Uint8Array.from([MEMORY_SECTION, ...unsigned(limited.length), ...limited])
}

/** LEB128: the number, and where it ends. */
function readUnsigned(bytes: Uint8Array, from: number): readonly [value: number, end: number] {
  let value = 0
  for (let at = from, shift = 0; at < bytes.length; at++, shift += 7) {
    const byte = bytes[at]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return [value >>> 0, at + 1]
  }
  throw new Error('the module is cut')
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}
