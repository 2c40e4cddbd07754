/** What a person can do about a failure, by its code. Silence where the message says it all. */
const ADVICE: Readonly<Record<string, string>> = {
  internal: 'Try again. If it happens once more, the log of this run holds the details.',
  'platform.denied': 'Check who owns the folder and whether you may read and write it.',
  'platform.no-space': 'Free some space on the disk, then try again. Nothing was lost.',
  'platform.io': 'Check that the disk is connected and healthy, then try again.',
  'steward.locked': 'Wait until the other program is done, or close it, then try again. Reading still works.',
  'tlogfs.newer-journal': 'Update DuckPond to go on with what is pending. It was left as it is.',
  'steward.newer-format': 'Update DuckPond to open this pond. It was left as it is.',
  'steward.gone': 'Put it back where it was, or connect its disk, and everything goes on by itself; or close it.',
  'steward.not-a-pond': 'Choose another folder, or make this one a pond.',
  'steward.already-a-pond': 'Open it instead.',
  'steward.folder-not-empty': 'Choose an empty folder, or a new one inside it.',
  'steward.corrupt-pond': 'Restore the folder from a backup; `pond verify` names every damaged file.',
  'steward.read-only': 'Look around freely; to change things, copy the pond to a folder you may write to.',
  'steward.conflict': 'Discard the changes that no longer fit, or make them again on the newest version.',
  'tlogfs.corrupt-content': 'The content on disk is not what was written. `pond verify` names every damaged file.',
  'tlogfs.missing-content': 'A file of this pond is gone from the disk. `pond verify` names every one.',
  'query.engine-crashed': 'Run it again without that file, or look at the file: it may be damaged.',
  'query.out-of-memory': 'Ask for fewer rows or columns, or close other programs.',
  'query.not-allowed': 'The console only reads. Change files in the navigator instead.',
  'api.changed': 'Somebody else changed it meanwhile. Nothing was done; look at it again.',
  'api.damaged-transfer':
    'What arrived was thrown away. Read it again; if it happens once more, `pond verify` checks the disk.',
  'web.disconnected': 'DuckPond connects again by itself. If it was closed, start it again and reload this page.',
  'web.bad-token': 'Open the address that DuckPond printed when it started.',
  'web.foreign-origin': 'Open the address that DuckPond printed when it started.',
  'web.foreign-host': 'Open the address that DuckPond printed when it started.',
  'host.unreadable': 'Check whether you may read this folder.',
  'host.unwritable': 'Choose another place, or check whether you may write there.',
  'host.inside-pond': 'Choose a place outside the folders that the pond keeps its own files in.',
}

export function adviceFor(code: string): string | null {
  return ADVICE[code] ?? null
}
