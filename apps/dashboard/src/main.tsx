import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/shell.css';
import { App } from './app';
import { applyStoredTheme } from './state/theme';

applyStoredTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);
