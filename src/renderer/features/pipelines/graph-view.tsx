/** The graph, drawn: what is read on the left, what is made of it to the right. Every node is a button. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { FileType, RecipeState } from '../../../shared/model'
import { baseName, parentPath, type PondPath } from '../../../shared/path'
import { displayName, EntryIcon, formatCount } from '../../ui'
import { graphOf, NODE, type GraphEdge, type GraphNode } from './graph'
import { openEntry, openRecipe } from './open'
import classes from './pipelines.module.css'
import { STATE_WORDS, StateBadge } from './state-badge'

export function GraphView({ recipes }: { readonly recipes: readonly RecipeState[] }) {
  const graph = useMemo(() => graphOf(recipes), [recipes])
  const [focused, setFocused] = useState<string | null>(null)
  const buttons = useRef(new Map<string, HTMLButtonElement>())
  const [first] = graph.nodes
  const active = graph.nodes.some(({ id }) => id === focused) ? focused : (first?.id ?? null)
  const wanted = useRef<string | null>(null)
  useEffect(() => {
    if (wanted.current === null) return
    buttons.current.get(wanted.current)?.focus()
    wanted.current = null
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const here = graph.nodes.find(({ id }) => id === active)
    const next = here === undefined ? undefined : neighbour(event.key, here, graph.nodes)
    if (next === undefined) return
    event.preventDefault()
    wanted.current = next.id
    setFocused(next.id)
  }
  return (
    <div className={classes.canvas} role="group" aria-label="Graph of recipes and what they read" onKeyDown={onKeyDown}>
      <div className={classes.drawing} style={{ width: graph.width, height: graph.height }}>
        <svg width={graph.width} height={graph.height} aria-hidden>
          <defs>
            <marker
              id="pipelines-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M1 1 7 4 1 7" className={classes.head} />
            </marker>
          </defs>
          {graph.edges.map((edge) => (
            <path
              key={`${edge.from} ${edge.to}`}
              d={curve(edge, graph.nodes)}
              className={classes.edge}
              data-lit={edge.from === focused || edge.to === focused || undefined}
              markerEnd="url(#pipelines-arrow)"
            />
          ))}
        </svg>
        {graph.nodes.map((node) => (
          <button
            key={node.id}
            ref={(button) => {
              if (button === null) buttons.current.delete(node.id)
              else buttons.current.set(node.id, button)
            }}
            type="button"
            className={classes.node}
            style={{ left: node.x - NODE.width / 2, top: node.y - NODE.height / 2, ...NODE }}
            data-kind={node.recipe === null ? 'stored' : node.recipe.state}
            data-change={node.recipe?.change ?? undefined}
            tabIndex={node.id === active ? 0 : -1}
            title={titleOf(node)}
            aria-label={labelOf(node)}
            onFocus={() => setFocused(node.id)}
            onBlur={() => setFocused(null)}
            onClick={() => open(node)}
          >
            <NodeFace node={node} />
          </button>
        ))}
      </div>
    </div>
  )
}

function NodeFace({ node: { id, recipe, files } }: { readonly node: GraphNode }) {
  const isFolder = id.endsWith('/')
  const path = isFolder && id !== '/' ? id.slice(0, -1) : id
  const name = baseName(path) || '/'
  return (
    <>
      <EntryIcon
        fileType={recipe?.fileType ?? (isFolder ? 'directory' : typeByName(name))}
        name={name}
        open={isFolder}
        size={18}
        {...(recipe !== null && { recipe })}
      />
      <span className={classes.words}>
        <span className={classes.name}>{displayName(name)}</span>
        <span className={classes.facts}>
          {recipe !== null ? (
            <>
              <span>{recipe.factory ?? 'recipe'}</span>
              <StateBadge state={recipe.state} />
            </>
          ) : (
            <span className="pond-ellipsis">
              {files > 1 ? formatCount(files, 'file') : displayName(parentPath(path as PondPath))}
            </span>
          )}
        </span>
      </span>
    </>
  )
}

/** Of what is stored no more than the name is known here. */
function typeByName(name: string): FileType {
  return name.endsWith('.series') ? 'file:series' : 'file:data'
}

function open({ id, recipe }: GraphNode): void {
  if (recipe?.state === 'failing') openRecipe(recipe)
  else openEntry(id.endsWith('/') && id !== '/' ? id.slice(0, -1) : id)
}

function titleOf({ id, recipe, files }: GraphNode): string {
  if (recipe === null) return files > 1 ? `${formatCount(files, 'file')} in ${displayName(id)}` : displayName(id)
  const why = recipe.problem === null ? STATE_WORDS[recipe.state].meaning : recipe.problem.message
  return [displayName(id), recipe.description, why].filter(Boolean).join('\n')
}

function labelOf({ id, recipe, files }: GraphNode): string {
  if (recipe === null) return files > 1 ? `${displayName(id)}, ${formatCount(files, 'file')}` : displayName(id)
  const inputs = recipe.inputs.length === 0 ? '' : `, reads ${recipe.inputs.slice(0, 5).map(displayName).join(', ')}`
  return `${displayName(id)}, ${recipe.factory ?? 'recipe'}, ${STATE_WORDS[recipe.state].word.toLowerCase()}${inputs}`
}

/** From the right side of one to the left side of the other, by way of what the layout left free. */
function curve({ from, to, points }: GraphEdge, nodes: readonly GraphNode[]): string {
  const start = nodes.find(({ id }) => id === from)
  const end = nodes.find(({ id }) => id === to)
  if (start === undefined || end === undefined) return ''
  const way = [
    { x: start.x + NODE.width / 2, y: start.y },
    // From one rank to the next nothing is in the way.
    ...(points.length > 3 ? points.slice(1, -1) : []),
    { x: end.x - NODE.width / 2 - 2, y: end.y },
  ]
  return way.slice(1).reduce((path, point, i) => {
    const before = way[i]!
    const middle = (before.x + point.x) / 2
    return `${path} C ${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
  }, `M ${way[0]!.x} ${way[0]!.y}`)
}

/** The nearest node in the direction of an arrow key. */
function neighbour(key: string, here: GraphNode, nodes: readonly GraphNode[]): GraphNode | undefined {
  const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] ?? [0, 0]
  if (dx === 0 && dy === 0) return undefined
  const far = ({ x, y }: GraphNode): number => {
    const along = (x - here.x) * dx! + (y - here.y) * dy!
    const across = Math.abs((x - here.x) * dy!) + Math.abs((y - here.y) * dx!)
    return along <= 1 ? Infinity : along + across * 3
  }
  const [nearest] = [...nodes].sort((a, b) => far(a) - far(b))
  return nearest === undefined || far(nearest) === Infinity ? undefined : nearest
}
