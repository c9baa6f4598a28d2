/** Views of one thing, as links: `[key, title, href]`. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  label: string;
  tabs: readonly (readonly [string, string, string])[];
  current: string;
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([key, title, href]) => (
        <a key={key} href={href} aria-current={key === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
