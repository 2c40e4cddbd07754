/** The page's entry: styles in their order, the line to the host, and the app on top of both. */
import './app/mantine.css'
import './ui/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app'
import { connect } from './connect'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')

createRoot(root).render(
  <StrictMode>
    <App connecting={connect()} />
  </StrictMode>,
)
