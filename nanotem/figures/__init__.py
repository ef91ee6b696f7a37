"""Tables and arrays to Plotly figures; nothing here knows the app."""
