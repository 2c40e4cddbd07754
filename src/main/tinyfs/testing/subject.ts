/** What the conformance suites share: backends to be tested, content that shows its place, outcomes as codes. */
import { expect } from 'vitest'
import { isPondError } from '../../../shared/errors'
import type { ReadBackend } from '../backend'
import { CHUNK_BYTES } from '../bytes-reader'
import { ReadFileSystem } from '../read-filesystem'
import type { Tree } from './tree'

/** A backend to be tested, and how to give back what it holds. */
export interface Subject<B extends ReadBackend> {
  readonly backend: B
  readonly close?: () => Promise<void>
  /** Names of what lies about where the backend keeps its content: nothing, unless somebody is at work. */
  readonly leftovers?: () => Promise<readonly string[]>
}

/** On both sides of every limit at which content is kept or handed out in another way. */
export const SIZES = [0, 1, 65_535, 65_536, 65_537, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7]

export function using(plant: (tree: Tree) => Promise<Subject<ReadBackend>>) {
  return async (tree: Tree, work: (fs: ReadFileSystem) => Promise<void>): Promise<void> => {
    const subject = await plant(tree)
    try {
      await work(new ReadFileSystem(subject.backend))
    } finally {
      await subject.close?.()
    }
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES)
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** Comparing through `toEqual` would take seconds for a megabyte. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

export function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
}

export function files(...at: readonly string[]): Tree {
  return new Map(at.map((path) => [path, { kind: 'file', bytes: pattern(3) }]))
}
