/** A recipe's editor with its preview beside it; every other text stands alone. */
import type { ReactNode } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { RecipePreviewPane, type RecipePreviewProps } from './recipe-preview'
import classes from './recipe-preview.module.css'

export function RecipeFrame({ children, ...preview }: RecipePreviewProps & { readonly children: ReactNode }) {
  const layout = useDefaultLayout({ id: 'duckpond.recipe', storage: localStorage, panelIds: ['recipe', 'preview'] })
  return (
    <Group
      className={classes.group}
      orientation="horizontal"
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="recipe" defaultSize="52%" minSize="25%">
        <div className={classes.editor}>{children}</div>
      </Panel>
      <Separator className={classes.separator} aria-label="Width of the editor" />
      <Panel id="preview" minSize="25%">
        <RecipePreviewPane {...preview} />
      </Panel>
    </Group>
  )
}
