"""Rules by area of law; each folder exports on purpose what other folders may ask for."""
