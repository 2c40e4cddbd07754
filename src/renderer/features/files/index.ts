/** Files: the navigator on the left, the viewer in the middle, and everything done with entries. */
export { FilesView } from './files-view'
export { FolderBrowser } from './folder-browser'
export { Navigator } from './navigator/navigator'
