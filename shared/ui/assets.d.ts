// assets.d.ts: stylesheets are imported for their effect; esbuild writes them beside the script.
declare module '*.css';
