"""The four actions, in the class order of the published benchmark (0-3)."""

START_SPEAKING = "start_speaking"
CONTINUE_LISTENING = "continue_listening"
START_LISTENING = "start_listening"
CONTINUE_SPEAKING = "continue_speaking"

ACTIONS = (START_SPEAKING, CONTINUE_LISTENING, START_LISTENING, CONTINUE_SPEAKING)
SILENT_ACTIONS = (START_SPEAKING, CONTINUE_LISTENING)
"""What makes sense while the agent is silent."""
SPEAKING_ACTIONS = (START_LISTENING, CONTINUE_SPEAKING)
"""What makes sense while the agent speaks."""
