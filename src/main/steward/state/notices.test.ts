import { silentLog } from '../../diagnostics'
import { expect, it } from 'vitest'
import { Notices } from './notices'

const heardBy = (notices: Notices): { readonly heard: string[]; readonly stop: () => void } => {
  const heard: string[] = []
  return { heard, stop: notices.listen((notice) => heard.push(notice)) }
}

it('what nobody has heard waits for the first who listens or asks, once', () => {
  const notices = new Notices(silentLog)
  for (const notice of ['a new format', 'a new format', 'withdrawn']) notices.add(notice)
  notices.withdraw('withdrawn')
  expect(heardBy(notices).heard).toEqual(['a new format'])
  expect(notices.take()).toEqual([])
})

it('everybody who listens hears it, and nobody afterwards', () => {
  const notices = new Notices(silentLog)
  const [one, two] = [heardBy(notices), heardBy(notices)]
  notices.add('for both')
  two.stop()
  notices.add('for one')
  one.stop()
  notices.add('for whoever asks')
  expect([one.heard, two.heard, notices.take()]).toEqual([['for both', 'for one'], ['for both'], ['for whoever asks']])
  expect(heardBy(notices).heard).toEqual([])
})
