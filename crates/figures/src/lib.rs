//! A small vocabulary of figures and its renderers: SVG, PNG, CSV and PDF.
