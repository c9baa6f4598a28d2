import promise from 'eslint-plugin-promise';
import tseslint from 'typescript-eslint';

/**
 * What the compiler can't see: promises nobody waits for, and errors nobody looks at.
 */
export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', 'test/golden', 'test/http-cases', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    plugins: { promise },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'promise/param-names': 'error',
      'promise/no-return-wrap': 'error',
      'promise/no-multiple-resolved': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'better-sqlite3',
              message: 'src/sqlite/database.ts has the release that fits the Node.',
              allowTypeImports: true,
            },
          ],
        },
      ],
      eqeqeq: 'error',
      // One style: a function of a module is a declaration; arrows are for callbacks, and where a type is to be fitted.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]):matches([init.type="ArrowFunctionExpression"], [init.type="FunctionExpression"])',
          message: 'Declare it: function name(…) { … }. An arrow here needs a type annotation that it fits.',
        },
      ],
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
);
