import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeUserSecret } from './user-secret'

const root = await mkdtemp(join(tmpdir(), 'duckpond-secret-'))
afterAll(() => rm(root, { recursive: true, force: true }))
let count = 0
const folder = () => join(root, `user-${count++}`, 'settings')

describe('The secret of a user', () => {
  it('is the same for all who ask, also at once, and nobody else may read it', async () => {
    const at = folder()
    const secrets = await Promise.all(Array.from({ length: 8 }, () => nodeUserSecret(at)))
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1)
    expect(await nodeUserSecret(at)).toEqual(secrets[0])
    expect(secrets[0]).toHaveLength(32)
    expect(await readdir(at)).toEqual(['secret'])
    expect((await stat(join(at, 'secret'))).mode & 0o777).toBe(0o600)
    expect(await nodeUserSecret(folder())).not.toEqual(secrets[0])
  })

  it('is closed again where others could read it, and made anew where it is cut', async () => {
    const at = folder()
    const secret = await nodeUserSecret(at)
    await chmod(join(at, 'secret'), 0o644)
    expect(await nodeUserSecret(at)).toEqual(secret)
    expect((await stat(join(at, 'secret'))).mode & 0o777).toBe(0o600)
    await writeFile(join(at, 'secret'), 'cut')
    expect(await nodeUserSecret(at)).toHaveLength(32)
  })

  it('is none where something else has its name', async () => {
    const at = folder()
    await nodeUserSecret(at)
    await rm(join(at, 'secret'))
    await symlink('/dev/zero', join(at, 'secret'))
    await expect(nodeUserSecret(at)).rejects.toMatchObject({ code: expect.stringMatching(/^platform\./) })
  })
})
