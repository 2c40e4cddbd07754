/** The kind of a column as an icon; its name is said by the header. */
import {
  IconLetterT,
  IconBinary,
  IconBraces,
  IconBrackets,
  IconCalendar,
  IconCalendarClock,
  IconClock,
  IconCode,
  IconFingerprint,
  IconHash,
  IconHourglass,
  IconListDetails,
  IconQuestionMark,
  IconToggleLeft,
  IconVocabulary,
  type Icon,
} from '@tabler/icons-react'
import type { ColumnKind } from './column-kind'

const ICONS: Readonly<Record<ColumnKind, Icon>> = {
  boolean: IconToggleLeft,
  number: IconHash,
  text: IconLetterT,
  date: IconCalendar,
  time: IconClock,
  timestamp: IconCalendarClock,
  interval: IconHourglass,
  binary: IconBinary,
  list: IconBrackets,
  struct: IconBraces,
  map: IconVocabulary,
  uuid: IconFingerprint,
  json: IconCode,
  enum: IconListDetails,
  other: IconQuestionMark,
}

export function TypeIcon({ kind, size = 14 }: { readonly kind: ColumnKind; readonly size?: number }) {
  const Drawn = ICONS[kind]
  return <Drawn size={size} stroke={1.6} aria-hidden />
}
