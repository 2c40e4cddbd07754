/** The sign of an entry: by what it is, then by what its name says it holds. */
import {
  IconBraces,
  IconFile,
  IconFileCode,
  IconFileText,
  IconFolder,
  IconFolderOpen,
  IconLink,
  IconPhoto,
  IconTable,
  IconTimeline,
} from '@tabler/icons-react'
import type { FileType, RecipeOf } from '../../shared/model'
import { baseName } from '../../shared/path'
import classes from './entry-icon.module.css'
import { displayName } from './format'

type Icon = typeof IconFile

const BY_EXTENSION: Readonly<Record<string, Icon>> = Object.fromEntries(
  [
    [IconTable, ['csv', 'tsv', 'parquet', 'arrow', 'feather', 'xlsx', 'xlsm']],
    [IconBraces, ['json', 'jsonl', 'ndjson', 'geojson']],
    [IconPhoto, ['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg', 'avif', 'bmp', 'ico']],
    [IconFileText, ['txt', 'md', 'log', 'yaml', 'yml', 'xml', 'html', 'toml', 'ini', 'sql', 'py', 'js', 'ts']],
  ].flatMap(([icon, extensions]) => (extensions as string[]).map((extension) => [extension, icon as Icon])),
)

export function EntryIcon({
  fileType,
  name,
  open = false,
  size = 16,
  recipe,
}: {
  readonly fileType: FileType
  readonly name: string
  readonly open?: boolean
  readonly size?: number
  /** Of what is computed: it gets a mark. */
  readonly recipe?: RecipeOf | undefined
}) {
  const Icon = iconOf(fileType, name, open)
  const icon = (
    <Icon
      size={size}
      stroke={1.5}
      aria-hidden
      style={{ flex: 'none', color: fileType === 'directory' ? 'var(--pond-accent)' : 'var(--pond-dim)' }}
    />
  )
  if (recipe === undefined) return icon
  return (
    <span className={classes.computed} data-failing={recipe.problem !== null || undefined} aria-hidden>
      {icon}
      <span className={classes.mark} />
    </span>
  )
}

/** What a computed entry is, in words. */
export function computedBy({ path, problem }: RecipeOf): string {
  const name = displayName(baseName(path))
  return problem === null ? `computed by ${name}` : `cannot be computed by ${name}`
}

function iconOf(fileType: FileType, name: string, open: boolean): Icon {
  switch (fileType) {
    case 'directory':
      return open ? IconFolderOpen : IconFolder
    case 'symlink':
      return IconLink
    case 'file:table':
      return IconTable
    case 'file:series':
      return IconTimeline
    case 'file:data': {
      if (name.endsWith('.recipe.yaml')) return IconFileCode
      const dot = name.lastIndexOf('.')
      return BY_EXTENSION[name.slice(dot + 1).toLowerCase()] ?? IconFile
    }
  }
}
