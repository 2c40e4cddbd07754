/** What the console shows before anything was run: queries on what is really there, one press away. */
import { UnstyledButton } from '@mantine/core'
import { usePendingCount } from '../../session'
import { examplesFor } from './examples'
import classes from './sql.module.css'
import { useExampleTables } from './use-example-tables'

export function ExamplesPane({ at, onRun }: { readonly at: string; onRun(sql: string): void }) {
  const tables = useExampleTables(at, true)
  const pending = usePendingCount()
  return (
    <div className={classes.examples}>
      <p className={classes.examplesLead}>Ask the pond. Any file is a table by its path; every version can be asked.</p>
      <ul className={classes.examplesList}>
        {examplesFor(tables, pending).map((example) => (
          <li key={example.sql}>
            <UnstyledButton className={classes.example} onClick={() => onRun(example.sql)}>
              <span className={classes.exampleTitle}>{example.title}</span>
              <code className={classes.exampleSql}>{example.sql}</code>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  )
}
