// Templates of the studio only; oxlint checks the TypeScript of the whole tree.
import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'

export default [
  { ignores: ['**/*', '!studio', '!studio/**', 'studio/**/*.ts', 'studio/dist/**'] },
  ...vue.configs['flat/recommended'],
  {
    files: ['studio/**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // oxfmt decides on layout.
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      // Ionic's inputs and slots are web components with the old slot attribute.
      'vue/no-deprecated-slot-attribute': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-undef-components': ['error', { ignorePatterns: ['RouterLink', 'RouterView'] }],
      'vue/require-typed-ref': 'off',
    },
  },
]
