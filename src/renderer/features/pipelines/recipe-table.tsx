/** The recipes as a table: for many of them, and for whoever does not see a graph. */
import type { RecipeState } from '../../../shared/model'
import { ChangeBadge, displayName, EntryIcon, formatBytes, sentence } from '../../ui'
import { openEntry, openRecipe } from './open'
import classes from './pipelines.module.css'
import { StateBadge } from './state-badge'

const INPUTS_SHOWN = 4

export function RecipeTable({ recipes }: { readonly recipes: readonly RecipeState[] }) {
  return (
    <div className={classes.canvas} tabIndex={0} role="region" aria-label="Recipes">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Makes</th>
            <th scope="col">Factory</th>
            <th scope="col">State</th>
            <th scope="col">Reads</th>
            <th scope="col" data-number>
              In the cache
            </th>
            <th scope="col">Recipe</th>
          </tr>
        </thead>
        <tbody>
          {recipes.map((recipe) => (
            <tr key={recipe.path}>
              <td>
                <button type="button" className={classes.link} onClick={() => openEntry(recipe.output)}>
                  <EntryIcon fileType={recipe.fileType} name={recipe.output} recipe={recipe} />
                  {displayName(recipe.output)}
                </button>
                {recipe.change !== null && <ChangeBadge change={recipe.change} oldPath={null} />}
                {recipe.description !== null && <p className={classes.about}>{recipe.description}</p>}
              </td>
              <td>{recipe.factory ?? ''}</td>
              <td>
                <StateBadge state={recipe.state} />
                {recipe.problem !== null && <p className={classes.problem}>{sentence(recipe.problem.message)}</p>}
              </td>
              <td>
                {recipe.inputs.slice(0, INPUTS_SHOWN).map(displayName).join(', ')}
                {recipe.inputs.length > INPUTS_SHOWN && ` and ${recipe.inputs.length - INPUTS_SHOWN} more`}
              </td>
              <td data-number>{recipe.cachedBytes === 0 ? '' : formatBytes(recipe.cachedBytes)}</td>
              <td>
                <button type="button" className={classes.link} onClick={() => openRecipe(recipe)}>
                  {recipe.problem?.line == null ? 'Open' : `Open at line ${recipe.problem.line}`}
                  <span className="pond-hidden"> the recipe of {displayName(recipe.output)}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
