"""Ereignisse am Schreibtisch: je Ereignis eine Erklärung, ein Formular, die Wirkung vor dem Speichern."""
