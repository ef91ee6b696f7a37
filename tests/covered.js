// What cannot be read on a page: texts that are cut or lie on others, and legends on data.
() => {
  const box = (one) => one.getBoundingClientRect();
  const isSeen = (one) => one.checkVisibility() && box(one).width > 1 && box(one).height > 1;
  const common = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left),
                                    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const lieOnEachOther = (a, b) => common(box(a), box(b)) > 1.5;
  // The box of a slanting text is larger than the text.
  const isLevel = (one) => !/rotate\((?!0)/.test(one.getAttribute('transform') ?? '');
  const found = [];
  for (const plot of [...document.querySelectorAll('.js-plotly-plot')].filter(isSeen)) {
    const frame = box(plot);
    const texts = [...plot.querySelectorAll('.legendtext, .xtick text, .ytick text, text[class$=title], .annotation-text')]
      .filter(isSeen);
    for (const [i, one] of texts.entries()) {
      const own = box(one);
      if (own.left < frame.left - 2 || own.right > frame.right + 2 ||
          own.top < frame.top - 2 || own.bottom > frame.bottom + 2) {
        found.push(`"${one.textContent}" is cut`);
      }
      for (const other of texts.slice(i + 1)) {
        if (isLevel(one) && isLevel(other) && lieOnEachOther(one, other)) {
          found.push(`"${one.textContent}" and "${other.textContent}" lie on each other`);
        }
      }
    }
    for (const legend of [...plot.querySelectorAll('.legend')].filter(isSeen)) {
      if ([...plot.querySelectorAll('.cartesianlayer .point')].some((one) => isSeen(one) && lieOnEachOther(legend, one))) {
        found.push(`the legend "${legend.textContent}" lies on data`);
      }
    }
  }
  for (const one of document.querySelectorAll('[data-testid^=stMetric] *, button p')) {
    if (isSeen(one) && getComputedStyle(one).overflow !== 'visible' && one.scrollWidth > one.clientWidth + 1) {
      found.push(`"${one.textContent}" is cut`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the screen');
  return found;
}
