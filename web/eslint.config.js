import js from '@eslint/js'
import { readdirSync } from 'node:fs'
import imports from 'eslint-plugin-import'
import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

// app → features → ui, lib, api; a feature never imports another.
const features = readdirSync(new URL('./src/features/', import.meta.url))
const zones = [
  { target: './src/ui', from: ['./src/app', './src/features', './src/api'] },
  { target: './src/lib', from: ['./src/app', './src/features', './src/ui', './src/api'] },
  { target: './src/api', from: ['./src/app', './src/features', './src/ui'] },
  { target: './src/features', from: './src/app' },
  ...features.map((f) => ({ target: `./src/features/${f}`, from: './src/features', except: [`./${f}`] })),
]

const literal = {
  selector: 'JSXText[value=/\\p{L}{2,}/u]',
  message: 'No literal text in components: put it into web/locales and call t().',
}
const literalAttribute = {
  selector: 'JSXAttribute[name.name=/^(aria-label|title|alt|label|placeholder)$/] > Literal[value=/\\p{L}{2,}/u]',
  message: 'No literal text in components: put it into web/locales and call t().',
}
const assertion = { selector: "TSAsExpression:not([typeAnnotation.typeName.name='const'])", message: 'No `as`: narrow the type, or do it in src/api.' }

export default ts.config(
  { ignores: ['dist', 'node_modules', 'screenshots', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...ts.configs.strictTypeChecked, a11y.flatConfigs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { import: imports, 'react-hooks': hooks },
    settings: { 'import/resolver': { node: { extensions: ['.ts', '.tsx'] } } },
    rules: {
      'import/no-restricted-paths': ['error', { zones }],
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-syntax': ['error', assertion, literal, literalAttribute],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'jsx-a11y/no-noninteractive-tabindex': 'off', // scroll areas must be reachable by keyboard (WCAG 2.1.1)
    },
  },
  { files: ['src/api/**'], rules: { 'no-restricted-syntax': ['error', literal, literalAttribute] } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', Buffer: 'readonly', setTimeout: 'readonly', fetch: 'readonly', document: 'readonly', getComputedStyle: 'readonly', window: 'readonly', performance: 'readonly' } } },
)
