"""The demonstration district: invented employers and people, always the same from one seed."""
