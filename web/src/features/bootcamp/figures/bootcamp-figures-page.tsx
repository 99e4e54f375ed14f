export { BootcampFiguresPage as default } from './figures-page'
