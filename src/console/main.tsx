import { render } from 'preact';
import { App } from './frame/app.js';
import { showTheme } from './frame/theme.js';
import './style/console.css';

showTheme();
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
root.textContent = '';
render(<App />, root);
