// A button for every example: its picture, its title, and what is in it.
export default function (component) {
  const root = component.parentElement.querySelector(".gallery")
  root.replaceChildren(...component.data.examples.map(example => card(example, component.setTriggerValue)))
}

function card(example, send) {
  const button = document.createElement("button")
  button.type = "button"
  button.setAttribute("aria-label", example.title)
  const picture = document.createElement("img")
  picture.src = example.picture
  picture.alt = ""
  const title = document.createElement("strong")
  title.textContent = example.title
  const description = document.createElement("small")
  description.textContent = example.description
  button.append(picture, title, description)
  button.onclick = () => {
    button.setAttribute("aria-busy", "true")
    description.textContent = "Opening…"
    send("chosen", example.name)
  }
  return button
}
