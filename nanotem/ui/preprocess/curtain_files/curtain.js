// Two pictures one over the other; the range below says how much of the upper one is shown.
export default function (component) {
  const root = component.parentElement.querySelector(".curtain")
  for (const name of ["before", "after"]) {
    const picture = root.querySelector(`.${name}`)
    if (picture.src !== component.data[name]) picture.src = component.data[name]
  }
  const range = root.querySelector("input")
  const part = () => root.querySelector(".pictures").style.setProperty("--share", `${range.value}%`)
  range.oninput = part
  part()
}
