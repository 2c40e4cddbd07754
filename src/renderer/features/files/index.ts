export { FilesView } from './files-view'
export { Navigator } from './navigator/navigator'
