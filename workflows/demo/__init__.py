"""The demonstration: invented people, and decisions walked through the real engine by the people whose tasks they are."""
