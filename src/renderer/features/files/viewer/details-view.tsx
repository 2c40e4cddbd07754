/** Everything known of an entry without reading it: identity, size, hash, columns, row groups. */
import { IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Description } from '../../../../shared/model'
import {
  displayName,
  exactBytes,
  exactInstant,
  formatBytes,
  formatCount,
  formatNumber,
  IconButton,
  notifyDone,
  PaneBody,
  TimeAgo,
} from '../../../ui'
import { Explanation } from '../recipe/explanation'
import classes from './details-view.module.css'
import { TABLE_FORMAT_NAMES } from './format-names'

const KINDS: Readonly<Record<Description['kind'], string>> = {
  directory: 'Folder',
  symlink: 'Link',
  table: 'Table',
  text: 'Text',
  image: 'Image',
  binary: 'Binary',
}
/** Files with thousands of row groups exist; nobody reads past some hundreds. */
const GROUPS_SHOWN = 500

export function DetailsView({ description }: { readonly description: Description }) {
  const { entry, kind, tableFormat, columns, rows, rowGroups, versions } = description
  return (
    <PaneBody className={classes.details} tabIndex={0} role="region" aria-label="Details">
      <dl className={classes.facts}>
        <Fact name="Path" copy={entry.path}>
          {displayName(entry.path)}
        </Fact>
        {entry.oldPath !== null && <Fact name="Was">{displayName(entry.oldPath)}</Fact>}
        <Fact name="Kind">
          {KINDS[kind]}
          {tableFormat !== null && ` (${TABLE_FORMAT_NAMES[tableFormat]})`}
        </Fact>
        {entry.mediaType !== null && <Fact name="Media type">{entry.mediaType}</Fact>}
        {entry.size !== null && (
          <Fact name="Size">
            {formatBytes(entry.size)}
            {entry.size >= 1000 && <span className={classes.exact}>{exactBytes(entry.size)}</span>}
          </Fact>
        )}
        {rows !== null && <Fact name="Rows">{formatNumber(rows)}</Fact>}
        <Fact name="Modified">
          <TimeAgo instant={entry.modifiedAt} />
          <span className={classes.exact}>{exactInstant(entry.modifiedAt)}</span>
        </Fact>
        {entry.sha256 !== null && (
          <Fact name="SHA-256" copy={entry.sha256}>
            <code className={classes.code}>{entry.sha256}</code>
          </Fact>
        )}
        {entry.recipe === undefined ? (
          <Fact name="Versions">
            {formatCount(versions, 'version')}
            <span className={classes.exact}>this is the entry&apos;s version {entry.nodeVersion}</span>
          </Fact>
        ) : (
          <Fact name="Computed by" copy={entry.recipe.path}>
            {displayName(entry.recipe.path)}
            {entry.recipe.factory !== null && <span className={classes.exact}>{entry.recipe.factory}</span>}
          </Fact>
        )}
        <Fact name="Node" copy={entry.nodeId}>
          <code className={classes.code}>{entry.nodeId}</code>
        </Fact>
      </dl>
      {entry.recipe !== undefined && <Explanation path={entry.path} />}
      {columns !== null && (
        <section className={classes.section}>
          <h2 className={classes.heading}>{formatCount(columns.length, 'column')}</h2>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col" className={classes.number}>
                  #
                </th>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
              </tr>
            </thead>
            <tbody>
              {columns.map((column, i) => (
                <tr key={i}>
                  <td className={classes.number}>{i + 1}</td>
                  <td>{displayName(column.name)}</td>
                  <td>
                    <code className={classes.type}>{column.type}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rowGroups !== null && (
        <section className={classes.section}>
          <h2 className={classes.heading}>{formatCount(rowGroups.length, 'row group')}</h2>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col" className={classes.number}>
                  #
                </th>
                <th scope="col" className={classes.number}>
                  Rows
                </th>
                <th scope="col" className={classes.number}>
                  Size
                </th>
              </tr>
            </thead>
            <tbody>
              {rowGroups.slice(0, GROUPS_SHOWN).map((group, i) => (
                <tr key={i}>
                  <td className={classes.number}>{i + 1}</td>
                  <td className={classes.number}>{formatNumber(group.rows)}</td>
                  <td className={classes.number} title={exactBytes(group.bytes)}>
                    {formatBytes(group.bytes)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rowGroups.length > GROUPS_SHOWN && (
            <p className="pond-dim">and {formatNumber(rowGroups.length - GROUPS_SHOWN)} more</p>
          )}
        </section>
      )}
    </PaneBody>
  )
}

function Fact({
  name,
  copy,
  children,
}: {
  readonly name: string
  readonly copy?: string
  readonly children: ReactNode
}) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        {children}
        {copy !== undefined && (
          <IconButton
            size={20}
            label={`Copy ${name === 'SHA-256' ? name : name.toLowerCase()}`}
            icon={<IconCopy size={14} stroke={1.6} />}
            onClick={() => void navigator.clipboard.writeText(copy).then(() => notifyDone(`${name} copied`))}
          />
        )}
      </dd>
    </div>
  )
}
