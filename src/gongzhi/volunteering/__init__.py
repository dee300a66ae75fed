"""志愿者 Volunteer, 志愿活动 Activity, 报名 SignUp, 服务记录 ServiceRecord: who helped, when, and who says so.

An activity is a gathering of a kind whose hours count. Minutes come from a start code and an end code and from
somebody else who confirms them; what is entered afterwards is another class and needs a second person.
"""
