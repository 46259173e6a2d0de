"""Postausgang: Nachrichten entstehen in der Transaktion ihres Anlasses und werden danach versandt."""
